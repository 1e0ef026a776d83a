"""Parts of tools/make_sbom.py: what a build took in, and how CycloneDX describes it."""

IN_TREE = "share/verger/sbom.cdx.json"
IN_WHEEL = "sboms/verger.cdx.json"  # below the wheel's dist-info, as PEP 770 asks
