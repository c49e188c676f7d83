"""The conformance test cases of Appendix C, which of them a PICS asks for, and which of them logs cover."""
