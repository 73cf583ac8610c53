"""From a file to a `CountyBook`: typed values that know their cell, and the issues found.

Only this layer knows Excel.
"""
