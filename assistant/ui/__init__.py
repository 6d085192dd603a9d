"""The screens of the chat UI; app.py only starts them."""
