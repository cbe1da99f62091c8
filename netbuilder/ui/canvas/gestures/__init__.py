"""What a person does with the mouse, from press to release: objects that start, move, and finish or are cancelled."""
