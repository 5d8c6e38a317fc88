"""A race of candidates: rounds of measurements that drop what has lost and end when the question is answered."""
