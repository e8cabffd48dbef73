"""How much of the gain that is possible a whole ``optimize`` reaches."""
