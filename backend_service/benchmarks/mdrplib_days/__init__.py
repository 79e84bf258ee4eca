"""The Meal Delivery Routing Problem: its days, how one is played, checked, written and measured."""
