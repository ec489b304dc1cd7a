package com.harborline.claims.legacy;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.util.List;

import com.harborline.claims.dao.ClaimDao;
import com.harborline.claims.model.Claim;
import com.harborline.claims.util.Utils;

/*
 * MainframeFeed.java
 * rwk 04/2010
 * Daily feed to the host. Host is switched off since 12/2013.
 */
public class MainframeFeed {

    private static final String HOST = "10.20.1.14";
    private static final int PORT = 7001;

    public void send() throws IOException {
        List<Claim> lst = ClaimDao.getInstance().findOpen();
        Socket so = new Socket(HOST, PORT);
        try {
            PrintStream out = new PrintStream(so.getOutputStream());
            for (int i = 0; i < lst.size(); i++) {
                out.println(line(lst.get(i)));
            }
            out.flush();
        } finally {
            so.close();
        }
    }

    static String line(Claim clm) {
        return Utils.padRight(clm.getClaimNo(), 16) + Utils.padRight(clm.getStatus(), 4)
                + Utils.padLeft(String.valueOf(Utils.toCents(clm.getReserveTotal())), 12, '0');
    }
}
