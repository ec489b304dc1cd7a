package com.harborline.claims.dao;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.harborline.claims.model.RepairOrder;
import com.harborline.claims.model.RepairShop;
import com.harborline.claims.util.DbUtil;
import com.harborline.claims.util.IConstants;

/**
 * Shops and orders of the repair network.
 *
 * @author dok
 */
public class RepairDao extends BaseDao<RepairOrder> {

    @Override
    protected RepairOrder map(ResultSet rs) throws SQLException {
        RepairOrder o = new RepairOrder();
        o.setOrderId(rs.getLong("ORDER_ID"));
        o.setClaimId(rs.getLong("CLAIM_ID"));
        o.setShopId(rs.getLong("SHOP_ID"));
        o.setPartnerRef(rs.getString("PARTNER_REF"));
        o.setStatus(rs.getString("STATUS"));
        o.setEstimateCents(rs.getLong("ESTIMATE_CENTS"));
        o.setOrderedOn(rs.getTimestamp("ORDERED_ON"));
        o.setLastPoll(rs.getTimestamp("LAST_POLL"));
        return o;
    }

    public List<RepairOrder> findByClaim(long claimId) throws SQLException {
        return list("SELECT * FROM REPAIR_ORDER WHERE CLAIM_ID = ? ORDER BY ORDER_ID", claimId);
    }

    public List<RepairOrder> findRunning() throws SQLException {
        return list("SELECT * FROM REPAIR_ORDER WHERE STATUS IN (?, ?) ORDER BY ORDER_ID",
                IConstants.REP_ORDERED, IConstants.REP_ESTIMATED);
    }

    public void insertOrder(RepairOrder o) throws SQLException {
        o.setOrderId(DbUtil.nextKey("REPAIR_ORDER"));
        DbUtil.update("INSERT INTO REPAIR_ORDER (ORDER_ID, CLAIM_ID, SHOP_ID, PARTNER_REF, STATUS, ORDERED_ON)"
                + " VALUES (?,?,?,?,?,?)", o.getOrderId(), o.getClaimId(), o.getShopId(), o.getPartnerRef(),
                o.getStatus(), DbUtil.now());
    }

    public void updateOrder(RepairOrder o) throws SQLException {
        DbUtil.update("UPDATE REPAIR_ORDER SET STATUS = ?, ESTIMATE_CENTS = ?, LAST_POLL = ? WHERE ORDER_ID = ?",
                o.getStatus(), o.getEstimateCents(), DbUtil.now(), o.getOrderId());
    }

    public RepairShop findShop(String code) throws SQLException {
        List<RepairShop> shops = shops("SELECT * FROM REPAIR_SHOP WHERE SHOP_CODE = ?", code);
        return shops.isEmpty() ? null : shops.get(0);
    }

    public List<RepairShop> findShops(String city) throws SQLException {
        return shops("SELECT * FROM REPAIR_SHOP WHERE CITY = ? ORDER BY SHOP_NAME", city);
    }

    public List<RepairShop> findAllShops() throws SQLException {
        return shops("SELECT * FROM REPAIR_SHOP ORDER BY CITY, SHOP_NAME");
    }

    private List<RepairShop> shops(String sql, Object... args) throws SQLException {
        List<RepairShop> result = new ArrayList<RepairShop>();
        for (Map<String, Object> row : DbUtil.queryRows(sql, args)) {
            RepairShop s = new RepairShop();
            s.setShopId(((Number) row.get("SHOP_ID")).longValue());
            s.setShopCode((String) row.get("SHOP_CODE"));
            s.setShopName((String) row.get("SHOP_NAME"));
            s.setCity((String) row.get("CITY"));
            s.setRateCode((String) row.get("RATE_CODE"));
            s.setPayeeId(row.get("PAYEE_ID") == null ? 0 : ((Number) row.get("PAYEE_ID")).longValue());
            result.add(s);
        }
        return result;
    }

    public void insertShop(RepairShop s) throws SQLException {
        s.setShopId(DbUtil.nextKey("REPAIR_SHOP"));
        DbUtil.update("INSERT INTO REPAIR_SHOP (SHOP_ID, SHOP_CODE, SHOP_NAME, CITY, RATE_CODE, PAYEE_ID)"
                + " VALUES (?,?,?,?,?,?)", s.getShopId(), s.getShopCode(), s.getShopName(), s.getCity(),
                s.getRateCode(), s.getPayeeId() == 0 ? null : Long.valueOf(s.getPayeeId()));
    }

    public void updateShop(RepairShop s) throws SQLException {
        DbUtil.update("UPDATE REPAIR_SHOP SET SHOP_NAME = ?, CITY = ?, RATE_CODE = ? WHERE SHOP_CODE = ?",
                s.getShopName(), s.getCity(), s.getRateCode(), s.getShopCode());
    }
}
