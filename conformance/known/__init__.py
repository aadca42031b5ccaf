"""Files of known deviations, beyond reading and writing them: old ones made new."""
