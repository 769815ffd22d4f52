"""Districts, their schools, and who may do what there."""
