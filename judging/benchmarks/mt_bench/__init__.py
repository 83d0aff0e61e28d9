"""MT-Bench: two-turn questions, answered by a candidate and graded by a judge, by the published rules."""
