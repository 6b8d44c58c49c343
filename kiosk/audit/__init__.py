"""The auditor: reads the stored bytes of a journal and shares no code with the till that wrote them."""
