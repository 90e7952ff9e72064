// Placeholder of the first commit; replaced by the room's tests.
