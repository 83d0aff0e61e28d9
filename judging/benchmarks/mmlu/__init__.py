"""MMLU: letters scored by log-likelihood, with the prompts and the rules of lm-eval."""
