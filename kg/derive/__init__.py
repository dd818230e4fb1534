"""Derived relationships: what follows from roads and from who held what (docs/networks.md).

    from kg.derive.opening import open_situation
    from kg.derive.standing import standing
    from kg.derive.holdings import pockets

    situation = open_situation(store)
    government = situation.network.actors.number(".../islamic-republic-government")
    pockets(standing(situation, date(2021, 8, 10).toordinal(), government))

Every question about a day takes how an actor stands on it (`kg.derive.standing`), fronts the situation itself:

    links        route adjacency: `links`, `across` a silent junction; `fronts`
    holdings     `holdings`, `pockets`, `borders`
    ways         `corridors` with detours; `avoiding`, the ways that avoid an actor; `strongest`
    chokepoints  `chokepoints` of what an actor holds, `of_network` and `betweenness` of all roads
    graphs       `road_graph`, `area_graph`: networkx, for notebooks
    events       `before`, `order_graph`, `cause_graph`: order and causes of events
"""
