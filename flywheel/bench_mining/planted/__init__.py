"""Whether weaknesses that were planted in the simulated model are found, and answered with what helps against them."""
