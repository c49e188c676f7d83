"""What readers of text logs share: lines, OCPP-J frames, the clock of a body, what a run says about itself."""
