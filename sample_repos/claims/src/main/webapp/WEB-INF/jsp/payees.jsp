<%@ page contentType="text/html; charset=UTF-8" import="java.util.*, com.harborline.claims.model.Payee" %>
<%@ include file="head.jsp" %>
<h1>Payees</h1>
<form action="<%= ctx %>/payeeList.do"><input name="name"> <input type="submit" value="Search"></form>
<table>
<% List lst = (List) request.getAttribute("payees");
   for (int i = 0; i < lst.size(); i++) { Payee pe = (Payee) lst.get(i); %>
<tr><td><a href="<%= ctx %>/payee?id=<%= pe.getPayeeId() %>"><%= Utils.html(pe.getPayeeName()) %></a></td>
<td><%= pe.getBankCode() %></td><td><%= Utils.maskAccount(pe.getAccountNo()) %></td></tr>
<% } %>
</table>
<a href="<%= ctx %>/payee">New payee</a>
<%@ include file="foot.jsp" %>
