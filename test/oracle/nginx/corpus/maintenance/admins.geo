10.20.0.0/16 off;
192.0.2.1 off; # office
