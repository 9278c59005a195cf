"""People who sign in: their account, phone and e-mail, activation slips, refused attempts, preferences.

What a person may do is not here: appointments stand with the divisions (communities) and organizations they are for.
"""
