"""May this person, and for what reason not? One module a subject; each rule names its twin, which answers for lists."""
