"""What may be read and sent: the secret zone, content detectors, the user's policy, the gate."""
