# dispatch: demands, waves, parcels, the carrier
