import unittest

import billing


class Old(unittest.TestCase):
    def test_double(self):
        self.assertEqual(billing.double(4), 8)
