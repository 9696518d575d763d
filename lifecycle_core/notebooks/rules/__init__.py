"""Rules that read a notebook without running it, one file each; `table` lists them.

    cells --View--> trees, flows, calls --each rule--> Spots --check--> Findings by cell and line

`NB1xx` order and names, `NB2xx` paths and data, `NB3xx` randomness and order of results, `NB4xx`
clock, network and input, `NB5xx` environment, `NB6xx` secrets.
"""
