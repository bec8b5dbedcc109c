"""The subject: what is proposed for governing AI, who stands where, and the bodies that exist."""
