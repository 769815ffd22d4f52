"""The pages about syncs, one module for each: only in districts whose rosters arrive by themselves or by upload."""
