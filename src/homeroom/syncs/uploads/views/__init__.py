"""The pages about uploads of one school: send a file, see how it goes, read what to mend. One module for each."""
