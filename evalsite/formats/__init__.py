"""How dates and times are written, where a language needs other forms than Django's."""
