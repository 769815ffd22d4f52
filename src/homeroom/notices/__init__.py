"""What Homeroom tells people and other systems by itself: that a sync failed, is held, had errors, or never came."""
