"""The project as frozen data: structures, changes, document, file. No Qt, no torch, no catalogue."""
