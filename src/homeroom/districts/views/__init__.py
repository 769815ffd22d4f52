"""The pages about a district: one module for each icon of Manage, and the operator's."""
