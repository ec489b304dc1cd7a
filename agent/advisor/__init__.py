"""A language model over the graph: plan and graph in, the plan with checked advice out. It proposes, and code disposes.

Only this package knows langchain and an endpoint's client, and nothing imports it until a model was named. Every byte
that leaves passes `agent.advisor.wire`; every answer passes `agent.advisor.checking` and the graph.
"""
