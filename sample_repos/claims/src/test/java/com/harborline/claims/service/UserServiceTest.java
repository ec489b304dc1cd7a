package com.harborline.claims.service;

import static org.junit.Assert.*;

import org.junit.Test;

import com.harborline.claims.DbTestCase;
import com.harborline.claims.util.AppException;

public class UserServiceTest extends DbTestCase {

    private final UserService service = new UserService();

    @Test
    public void loginIsAudited() {
        assertEquals("Anna North", service.login(" Anna ", "secret1", "1.2.3.4").getFullName());
        assertNull(service.login("anna", "wrong", "1.2.3.4"));
        assertNull(service.login("ghost", "x", "1.2.3.4"));
        assertEquals("3", value("SELECT COUNT(*) FROM LOGIN_AUDIT"));
        assertEquals("1", value("SELECT COUNT(*) FROM LOGIN_AUDIT WHERE RESULT = 'FAILED'"));
    }

    @Test
    public void fiveFailuresLockTheUser() throws Exception {
        for (int i = 0; i < 5; i++) {
            service.login("anna", "wrong", "");
        }
        assertNull(service.login("anna", "secret1", ""));
        service.changePassword("anna", "newsecret");
        assertNotNull(service.login("anna", "newsecret", ""));
    }

    @Test
    public void newAdjusterGetsHisRow() throws Exception {
        service.create("Pete", "Pete West", ROLE_ADJUSTER, "WEST", "secret9", "admin");
        assertEquals("WEST", value("SELECT REGION FROM ADJUSTER WHERE LOGIN = 'pete'"));
        service.create("carl", "Carl", ROLE_CASHIER, null, "secret9", "admin");
        assertEquals("3", value("SELECT COUNT(*) FROM ADJUSTER"));
        service.changeRole("carl", ROLE_MANAGER, "admin");
        assertEquals("MANAGER", value("SELECT ROLE_CODE FROM APP_USER WHERE LOGIN = 'carl'"));
    }

    @Test
    public void createIsChecked() throws Exception {
        String[][] bad = { { "", "x", "secret9", "U-101" }, { "neu", "x", "short", "U-102" }, { "anna", "x", "secret9", "U-103" } };
        for (String[] b : bad) {
            try {
                service.create(b[0], b[1], ROLE_CLERK, null, b[2], "admin");
                fail();
            } catch (AppException e) {
                assertEquals(b[3], e.getCode());
            }
        }
    }
}
