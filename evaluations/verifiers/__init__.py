"""核验包: stand-alone verifiers that go out with a certificate; they share no code with us.

But for `verify_rows`, `verify_clues`, `verify_search`, which only say *where* a list that already
failed was changed: the product asks them too, and what they name the fingerprint itself proves.
"""
