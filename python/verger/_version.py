"""The version: of the package, the program and the library, which the build reads here."""

VERSION = "0.1.0"
