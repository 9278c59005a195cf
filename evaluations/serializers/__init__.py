"""What the API says of seasons, cases, rounds and sheets, and how what is sent to it is read. Nothing here saves."""
