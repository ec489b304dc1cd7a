package com.harborline.claims.web;

import javax.servlet.ServletContextEvent;
import javax.servlet.ServletContextListener;

import com.harborline.claims.util.ConnectionManager;
import com.harborline.claims.util.Log;

public class StartupListener implements ServletContextListener {

    public void contextInitialized(ServletContextEvent ev) {
        Log.info("claims starts");
        // new Thread(new ReservePoller()).start();   both boxes did it, see CLM-0833
    }

    public void contextDestroyed(ServletContextEvent ev) {
        ConnectionManager.shutdown();
        Log.info("claims stops");
    }
}
