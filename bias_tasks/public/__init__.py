"""The family bias_public: the same questions put to public test sets, read from where a user keeps them."""
