import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tierconf import ConfigError, read


class Version1Test(unittest.TestCase):
    def test_values(self):
        text = 'a = 1\nb = -12\nc = true\nd = "true"\ne = two words # here\nf = "say \\"hi\\" \\\\"\ng =\n'
        self.assertEqual(
            read(text)[""],
            {"a": 1, "b": -12, "c": True, "d": "true", "e": "two words # here", "f": 'say "hi" \\', "g": ""},
        )

    def test_sections(self):
        self.assertEqual(
            read("x = 1\n[ one ]\n# note\ny = 2\n\n[two]\ny = 3\n[one]\nz = 4\n"),
            {"": {"x": 1}, "one": {"y": 2, "z": 4}, "two": {"y": 3}},
        )

    def test_errors_name_the_line(self):
        for text, line in (("a = 1\na = 2", 2), ("\n\nwhat", 3), ('a = "b', 1), ("[a b]", 1)):
            with self.assertRaises(ConfigError) as caught:
                read(text)
            self.assertEqual(caught.exception.line, line)
            self.assertTrue(str(caught.exception).startswith(f"line {line}: "))


if __name__ == "__main__":
    unittest.main()
