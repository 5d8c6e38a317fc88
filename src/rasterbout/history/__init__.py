"""What earlier runs on this machine measured, and what it says about files like the user's."""
