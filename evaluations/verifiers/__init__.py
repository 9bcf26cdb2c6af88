"""核验包: stand-alone verifiers that go out with a certificate; they share no code with us."""
