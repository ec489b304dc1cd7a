<%@ page contentType="text/html; charset=UTF-8" import="java.sql.*" %>
<%@ include file="head.jsp" %>
<h1>Board</h1>
<%-- rwk 2013: for the meeting on Monday, only temporary --%>
<%
  Connection con = ConnectionManager.getConnection();
  Statement st = null;
  ResultSet rs = null;
  try {
    st = con.createStatement();
    String product = request.getParameter("product");
    String where = product == null ? "" : " AND P.PRODUCT_CODE = '" + product + "'";
    rs = st.executeQuery("SELECT P.PRODUCT_CODE, C.STATUS, COUNT(*), SUM(C.PAID_TOTAL) FROM CLAIM C, POLICY P"
        + " WHERE C.POLICY_ID = P.POLICY_ID" + where + " GROUP BY P.PRODUCT_CODE, C.STATUS ORDER BY 1, 2");
%>
<table><tr><th>Product</th><th>Status</th><th>Claims</th><th>Paid</th></tr>
<% while (rs.next()) { %>
<tr><td><%= rs.getString(1) %></td><td><%= rs.getString(2) %></td><td><%= rs.getInt(3) %></td><td><%= Utils.fmtMoney(rs.getDouble(4)) %></td></tr>
<% } %>
</table>
<%
    rs.close();
    rs = st.executeQuery("SELECT STATUS, COUNT(*), SUM(AMOUNT_CENTS) FROM PAYMENT GROUP BY STATUS ORDER BY STATUS");
%>
<table><tr><th>Payments</th><th>Number</th><th>Amount</th></tr>
<% while (rs.next()) { %>
<tr><td><%= rs.getString(1) %></td><td><%= rs.getInt(2) %></td><td><%= Utils.fmtCents(rs.getLong(3)) %></td></tr>
<% } %>
</table>
<%
  } finally {
    DbUtil.close(rs, st, con);
  }
%>
<%@ include file="foot.jsp" %>
