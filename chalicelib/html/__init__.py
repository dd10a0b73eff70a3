"""Pages for people: HTML without a script, made of elements that escape what they are given. Imported when a page is asked for."""
