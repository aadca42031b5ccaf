"""How far the suite covers the catalogue: `rules`, and in `proofs` what proves each of them."""
