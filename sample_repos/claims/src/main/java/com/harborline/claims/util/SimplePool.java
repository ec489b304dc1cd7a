package com.harborline.claims.util;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/*
 * SimplePool.java
 * rwk 10/2009
 *
 * 02/2011  connections are tested before they are given out (CLM-0188)
 * 09/2013  limit was not checked when two threads came together (CLM-0744)
 */
public class SimplePool {

    private final String m_sUrl;
    private final String m_sUser;
    private final String m_sPassword;
    private final int m_nMax;

    private final List<Connection> m_lstFree = new ArrayList<Connection>();
    private int m_nGiven = 0;

    public SimplePool(String sUrl, String sUser, String sPassword, int nMax) {
        m_sUrl = sUrl;
        m_sUser = sUser;
        m_sPassword = sPassword;
        m_nMax = nMax;
    }

    public synchronized Connection take() throws SQLException {
        long lEnd = System.currentTimeMillis() + 10000;
        while (true) {
            while (!m_lstFree.isEmpty()) {
                Connection con = m_lstFree.remove(m_lstFree.size() - 1);
                if (isAlive(con)) {
                    m_nGiven++;
                    return con;
                }
            }
            if (m_nGiven < m_nMax) {
                Connection con = DriverManager.getConnection(m_sUrl, m_sUser, m_sPassword);
                m_nGiven++;
                return con;
            }
            long lWait = lEnd - System.currentTimeMillis();
            if (lWait <= 0) {
                throw new SQLException("pool is empty, " + m_nGiven + " connections are out");
            }
            try {
                wait(lWait);
            } catch (InterruptedException e) {
                // go on waiting
            }
        }
    }

    public synchronized void giveBack(Connection con) {
        if (con == null) {
            return;
        }
        m_nGiven--;
        try {
            if (!con.isClosed()) {
                if (!con.getAutoCommit()) {
                    con.setAutoCommit(true);
                }
                m_lstFree.add(con);
            }
        } catch (SQLException e) {
            // broken, forget it
        }
        notifyAll();
    }

    public synchronized void closeAll() {
        for (int i = 0; i < m_lstFree.size(); i++) {
            try {
                m_lstFree.get(i).close();
            } catch (SQLException e) {
                // nothing to do
            }
        }
        m_lstFree.clear();
    }

    public synchronized int getGiven() {
        return m_nGiven;
    }

    private boolean isAlive(Connection con) {
        try {
            return !con.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }
}
