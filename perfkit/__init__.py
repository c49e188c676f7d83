"""perfkit: performance measurement and network characterization for OCPP certification."""
