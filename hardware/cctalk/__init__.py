"""The ccTalk bus: coin acceptors and hoppers on one shared wire, both ends."""
