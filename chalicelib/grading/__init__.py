"""Grades and advised prices that anyone can recompute: evidence -> factors -> score -> grade -> price, each step explained."""
