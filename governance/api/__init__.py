"""The subject's part of the API: who belongs where, who stands where, who took part."""
