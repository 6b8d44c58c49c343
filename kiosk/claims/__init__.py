"""Claims: what somebody says, what the journal says about it, and the codes under which debts are paid."""
