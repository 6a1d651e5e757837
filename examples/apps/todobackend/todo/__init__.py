"""The application: the items of the list and what can be done with them."""
